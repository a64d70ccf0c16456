main :: IO ()
main = spin 0
  where
    spin :: Int -> IO ()
    spin x = if x < 0 then putStrLn "never" else spin ((x + 1) `mod` 1000)
