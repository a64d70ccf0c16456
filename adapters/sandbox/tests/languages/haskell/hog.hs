main :: IO ()
main = do
  let numbers = [1 ..] :: [Integer]
  print (sum numbers + toInteger (length numbers))
