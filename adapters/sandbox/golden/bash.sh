read -r count
read -r -a values
sum=0
for ((i = 0; i < count; i++)); do
    ((sum += values[i]))
done
echo "$sum"
