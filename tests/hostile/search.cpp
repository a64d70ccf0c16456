// Looks through what it can read for words that were laid where tests, answers and checkers are. Prints `safe` if there is none.
// While it is compiled it names the places where they might be.
#if __has_include("/files/answer") || __has_include("/feedback/judgemessage.txt") || __has_include("/tmp/kept")
#error found while compiling
#endif
#if __has_include("/dev/shm/kept") || __has_include("kept")
#error found while compiling
#endif
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <regex>
#include <set>
namespace fs = std::filesystem;
static std::set<std::string> found;
static std::string given;
static void look(const std::string& place, const std::string& data) {
    const std::string start = std::string("can") + "ary:";
    for (size_t at = 0; (at = data.find(start, at)) != std::string::npos; at++) {
        size_t kind = data.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", at + 7);
        if (kind == std::string::npos || kind == at + 7 || data[kind] != ':') continue;
        size_t end = data.find_first_not_of("0123456789abcdef", kind + 1);
        if (end == std::string::npos) end = data.size();
        std::string word = data.substr(at, end - at);
        if (end - kind == 17 && word != given) found.insert(place + ": " + word);
    }
}
static void file(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    look(path, std::string(std::istreambuf_iterator<char>(stream), {}));
}
static void walk(const fs::path& folder) {
    std::error_code error;
    for (auto entry = fs::directory_iterator(folder, error); entry != fs::directory_iterator(); entry.increment(error)) {
        if (error) break;
        const fs::path path = entry->path();
        look("a name", path);
        if (fs::is_symlink(fs::symlink_status(path, error))) look("a link", fs::read_symlink(path, error));
        else if (fs::is_directory(path, error)) { if (path != "/usr" && path != "/proc" && path != "/root" && path != "/opt" && path != "/home" && path != "/var/lib") walk(path); }
        else if (fs::is_regular_file(path, error)) file(path);
    }
}
int main(int count, char** arguments) {
    std::cin >> given;
    for (int i = 0; i < count; i++) look("an argument", arguments[i]);
    walk("/");
    walk("/proc/self/fd");
    for (fs::path above = fs::current_path(); above != "/"; above = above.parent_path()) walk(above);
    for (const char* name : {"environ", "cmdline", "mountinfo", "mountstats", "maps", "status", "net/unix"}) file(std::string("/proc/self/") + name);
    for (const auto& entry : found) std::cout << entry << "\n";
    if (found.empty()) std::cout << "safe\n";
}
