import Commands

/// The program. Everything it does is in `Commands`, where tests reach it.
@main
enum EralinkMain {
    static func main() {
        Eralink.start()
    }
}
