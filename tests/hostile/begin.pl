# Code that runs while the program is checked, in a language in which that is usual. Prints `safe` if it saw nothing.
BEGIN {
    my @found;
    for my $path ("/etc/shadow", "/proc/1/environ", "/.host/etc/passwd", glob("/files/*"), glob("/feedback/*"), glob("/tmp/*"), glob("/dev/shm/*")) {
        push @found, $path if -e $path && open(my $file, "<", $path);
    }
    push @found, "write" if open(my $file, ">", "/program/x") || open($file, ">", "/usr/x");
    push @found, "socket" if eval { require Socket; socket(my $socket, 2, 1, 0) };
    if (@found) { print STDERR "@found\n"; exit 1; }
}
print "safe\n";
