if true; then
    echo text
