require "set"

count, *values = $stdin.read.split.map(&:to_i)
puts values.first(count).sum if values.to_set
