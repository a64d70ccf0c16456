// Output validator: validate <input> <answer> <feedback_dir/> < output
//
// Exit 42: accepted, 43: wrong answer, 1: the jury's data is broken.
// The output comes from a stranger: it is read byte by byte, in bounded memory, and only as far as needed.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace {

constexpr int kAccepted = 42;
constexpr int kWrong = 43;
constexpr int kJuryError = 1;
constexpr int kMaxSingers = 50000;
constexpr std::size_t kMaxToken = 16;  // Longer ones are neither numbers in range nor IMPOSSIBLE.

std::string feedback_dir;

void write_message(const char* name, const std::string& text) {
    std::ofstream file(feedback_dir + name, std::ios::binary);
    file << text << '\n';
}

[[noreturn]] void jury_error(const std::string& text) {
    write_message("judgemessage.txt", text);
    std::exit(kJuryError);
}

// `team` goes to the solver and tells nothing about the input; `judge` goes to the author.
[[noreturn]] void wrong(const std::string& team, const std::string& judge) {
    write_message("teammessage.txt", team);
    write_message("judgemessage.txt", judge);
    std::exit(kWrong);
}

[[noreturn]] void accept(const std::string& judge) {
    write_message("judgemessage.txt", judge);
    std::exit(kAccepted);
}

bool is_space(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The next token, cut after kMaxToken + 1 bytes; empty at the end of the output.
std::string next_token() {
    int c = std::getchar();
    while (c != EOF && is_space(c)) {
        c = std::getchar();
    }
    std::string token;
    while (c != EOF && !is_space(c)) {
        token.push_back(static_cast<char>(c));
        if (token.size() > kMaxToken) {
            break;
        }
        c = std::getchar();
    }
    return token;
}

// The token in quotes, safe to show.
std::string quoted(const std::string& token) {
    std::string text = "\"";
    for (const char c : token.substr(0, kMaxToken)) {
        text.push_back(c > ' ' && c < 127 ? c : '?');
    }
    return text + (token.size() > kMaxToken ? "...\"" : "\"");
}

bool says_impossible(const std::string& token) {
    const std::string word = "IMPOSSIBLE";
    if (token.size() != word.size()) {
        return false;
    }
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char c = token[i];
        if ((c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c) != word[i]) {
            return false;
        }
    }
    return true;
}

// The number, or -1 if the token is not a plain decimal one of at most 9 digits.
int parse_number(const std::string& token) {
    if (token.empty() || token.size() > 9) {
        return -1;
    }
    int value = 0;
    for (const char c : token) {
        if (c < '0' || c > '9') {
            return -1;
        }
        value = value * 10 + (c - '0');
    }
    return value;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fputs("usage: validate input answer feedback_dir < output\n", stderr);
        return kJuryError;
    }
    feedback_dir = argv[3];
    if (!feedback_dir.empty() && feedback_dir.back() != '/') {
        feedback_dir.push_back('/');
    }

    std::ifstream input(argv[1]);
    int n = 0;
    int k = 0;
    if (!(input >> n >> k) || n < 1 || n > kMaxSingers || k < 1 || k > n) {
        jury_error("the input file is broken");
    }
    std::ifstream answer(argv[2]);
    std::string jury;
    if (!(answer >> jury)) {
        jury_error("the answer file is missing or empty");
    }
    const bool jury_has_row = !says_impossible(jury);

    std::string token = next_token();
    if (token.empty()) {
        wrong("The output is empty.", "the output is empty");
    }
    if (says_impossible(token)) {
        token = next_token();
        if (!token.empty()) {
            wrong("There is more output after IMPOSSIBLE.", "more output after IMPOSSIBLE: " + quoted(token));
        }
        if (jury_has_row) {
            wrong("There is a row, but the output says IMPOSSIBLE.", "says IMPOSSIBLE, but the jury has a row");
        }
        accept("rightly impossible");
    }

    std::vector<int> place(static_cast<std::size_t>(n) + 1, 0);
    int previous = 0;
    for (int position = 1; position <= n; ++position) {
        if (token.empty()) {
            wrong("The row is too short.", "only " + std::to_string(position - 1) + " of " + std::to_string(n) + " numbers");
        }
        const std::string where = "position " + std::to_string(position);
        const int singer = parse_number(token);
        if (singer < 1 || singer > n) {
            wrong("At " + where + ": " + quoted(token) + " is not the number of a singer.", where + ": bad token " + quoted(token));
        }
        if (place[static_cast<std::size_t>(singer)] != 0) {
            const std::string text = "singer " + std::to_string(singer) + " stands at position " +
                                     std::to_string(place[static_cast<std::size_t>(singer)]) + " already";
            wrong("At " + where + ": " + text + ".", where + ": " + text);
        }
        place[static_cast<std::size_t>(singer)] = position;
        if (position > 1 && std::abs(singer - previous) < k) {
            const std::string text =
                "neighbours " + std::to_string(previous) + " and " + std::to_string(singer) + " are too close in height";
            wrong("At " + where + ": " + text + ".", where + ": " + text + ", k = " + std::to_string(k));
        }
        previous = singer;
        token = next_token();
    }
    if (!token.empty()) {
        wrong("There is more output after the row.", "more output after the row: " + quoted(token));
    }
    if (!jury_has_row) {
        jury_error("the output is a right row, but the jury says IMPOSSIBLE");
    }
    accept("a right row");
}
