module Main where

import qualified Data.ByteString.Char8 as B
import qualified Data.Map.Strict as M
import Data.Maybe (mapMaybe)

main :: IO ()
main = do
  text <- B.getContents
  let numbers = map (toInteger . fst) (mapMaybe B.readInteger (B.words text))
      counted = M.fromListWith (+) (zip (take (fromInteger (head numbers)) (tail numbers)) (repeat 1))
  print (sum [value * times | (value, times) <- M.toList counted])
