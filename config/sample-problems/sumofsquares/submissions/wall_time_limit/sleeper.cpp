// Sleeps without end and uses no CPU time.
#include <chrono>
#include <thread>

int main() {
    for (;;) {
        std::this_thread::sleep_for(std::chrono::seconds(60));
    }
}
