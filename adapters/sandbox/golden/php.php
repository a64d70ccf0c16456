<?php
$numbers = array_map('intval', preg_split('/\s+/', trim(stream_get_contents(STDIN))));
echo array_sum(array_slice($numbers, 1, $numbers[0])), "\n";
