import Store

/// Files that customers sent and that have not come from the messenger.
enum FilesCheck {
    private static let patience = 60.0

    static func judge(_ files: [FileHealth]) -> [Diagnosis] {
        let late = files.filter { $0.age > patience }
        guard !late.isEmpty else {
            let pending = files.reduce(0) { $0 + $1.pending }
            return [.ok("downloads", pending == 0 ? "none pending" : "\(pending) pending")]
        }
        return late.map { file in
            let count = file.pending == 1 ? "1 file is" : "\(file.pending) files are"
            let why = file.reason.map { " (\($0))" } ?? ""
            let trace = file.message.map { "; it is in the message \($0)" } ?? ""
            return .warning(
                "downloads",
                "\(file.account): \(count) not fetched, the oldest for \(Int(file.age)) s\(why)\(trace)",
                "look at the messenger and the way to it: eralink account check \(file.account); it is tried again by itself"
            )
        }
    }
}
