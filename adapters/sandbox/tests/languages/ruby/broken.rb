def f(
  puts "text"
end
