{-# LANGUAGE TemplateHaskell #-}
-- Code that runs while the program is compiled, in a language in which that is usual. Says `safe` if it saw nothing.
import Control.Exception (SomeException, try)
import Language.Haskell.TH
import System.Directory (listDirectory)

main :: IO ()
main = putStrLn $(do
    let attempt path = do
            seen <- try (readFile path >>= \text -> length (take 1 text) `seq` return path) :: IO (Either SomeException String)
            return (either (const []) (: []) seen)
    let names folder = do
            seen <- try (listDirectory folder) :: IO (Either SomeException [String])
            return (either (const []) (map (folder ++)) seen)
    readable <- runIO (mapM attempt ["/etc/shadow", "/proc/1/environ", "/.host/etc/passwd", "/usr/bin/sudo/x"])
    listed <- runIO (mapM names ["/files/", "/feedback/", "/dev/shm/", "/program/"])
    let found = concat readable ++ concat listed
    litE (stringL (if null found then "safe" else unwords found)))
