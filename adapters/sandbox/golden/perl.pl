use strict;
use warnings;
use List::Util qw(sum0);

my ($count, @values) = split ' ', do { local $/; <STDIN> };
print sum0(@values[0 .. $count - 1]), "\n";
