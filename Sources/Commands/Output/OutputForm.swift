import ArgumentParser

/// The forms in which a list or an object is printed.
package enum OutputForm: String, Sendable, CaseIterable, ExpressibleByArgument {
    case table
    case json
    case jsonl
    case csv

    var isJSON: Bool { self == .json || self == .jsonl }

    /// The form that a command line asks for, found without parsing it: its errors are told in this form too.
    package init(sniffing arguments: [String]) {
        self = .table
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { return }
            let value: String? =
                switch argument {
                case "-o", "--output": index + 1 < arguments.count ? arguments[index + 1] : nil
                case _ where argument.hasPrefix("--output="): String(argument.dropFirst("--output=".count))
                case _ where argument.hasPrefix("-o") && !argument.hasPrefix("--"):
                    String(argument.dropFirst(2).drop { $0 == "=" })
                default: nil
                }
            if let form = value.flatMap(OutputForm.init(rawValue:)) { self = form }
        }
    }
}
