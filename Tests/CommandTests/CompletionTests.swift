import Glibc
import Sandbox
import Store
import TestSupport
import Testing

@testable import Commands

@Suite("Completions in the shells themselves", .timeLimit(.minutes(5)))
struct CompletionTests {
    private static let folder =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/completions"

    /// Types a beginning and a tab in zsh or fish on a terminal of its own, and waits until the rest of the line is there.
    private static let typing = """
        zmodload zsh/zpty
        shell=$1 folder=$2 typed=$3 expected=$4
        case $shell in
            zsh) zpty -b t zsh -f -i
                setup="fpath=($folder \\$fpath); autoload -Uz compinit; compinit -u -D; PS1='rea''dy> '" ;;
            fish) zpty -b t fish --no-config -i
                setup="source $folder/eralink.fish; function fish_prompt; echo -n rea'dy> '; end" ;;
        esac
        zpty -w t "$setup"
        zpty -r -m t seen "*ready> *"
        zpty -n -w t "$typed"$'\\t'
        zpty -r -m t seen "*$expected*"
        print -r -- "found: $?"
        zpty -d t
        """

    /// Bash: what readline does at a tab, with the variables that it sets.
    private static let calling = """
        source $2/eralink
        [[ $(complete -p eralink) == *"-F _eralink eralink" ]] || exit 1
        COMP_LINE=$3 COMP_POINT=${#3} COMP_TYPE=9
        read -ra COMP_WORDS <<< "$3"
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _eralink eralink "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        [[ " ${COMPREPLY[*]} " == *$4* ]]
        echo "found: $?"
        """

    @Test("commands, options and live account names", arguments: ["bash", "zsh", "fish"])
    func shells(shell: String) async throws {
        try await StoreFixture.with { fixture in
            try await ScratchDirectory.with { scratch in
                let script = try scratch.file("script", shell == "bash" ? Self.calling : Self.typing)
                let interpreter = shell == "bash" ? ["bash", "--norc", script] : ["zsh", "-f", script]
                let program = try BuiltCommand.path()
                let folder = program[..<(program.lastIndex(of: "/") ?? program.endIndex)]
                for (typed, expected) in [
                    ("eralink interac", "interactions"), ("eralink send --ac", "account"),
                    ("eralink send --account su", "support"), ("eralink account show su", "support"),
                    ("eralink tail --account su", "support"), ("eralink version -o jsonl", "jsonl"),
                ] {
                    let result = try await ForeignTool.run(
                        ["timeout", "40"] + interpreter + [shell, Self.folder, typed, expected], in: scratch,
                        environment: [
                            "PATH": "\(folder):/usr/bin:/bin", "ERALINK_DATABASE_URL": fixture.database.url,
                        ])
                    #expect(result.output == "found: 0\n", "\(shell) \(typed): \(result.output)")
                }
            }
        }
    }

    private static let question = [
        "---completion", "send", "--", "--account", "3", "1", "eralink", "send", "--account", "s",
    ]

    @Test("names come as the shell wants them")
    func names() async throws {
        try await StoreFixture.with { fixture in
            for name in ["sales", "other"] { _ = try await fixture.store.addAccount(.named(name), by: "test") }
            let result = try await BuiltCommand.run(
                Self.question, environment: ["ERALINK_DATABASE_URL": fixture.database.url])
            #expect(result == .init(status: 0, stdout: "sales\nsupport\n", stderr: ""))
        }
    }

    @Test("without a database there are none, and not a word")
    func silent() async throws {
        try await ScratchDirectory.with { scratch in
            // Takes connections and never says anything.
            let listener = try SilentListener()
            defer { listener.close() }
            let broken = try scratch.file("eralink/eralink.yaml", "databse.url: x\n")
            #expect(!broken.isEmpty)
            let environments = [
                [:], ["ERALINK_DATABASE_URL": "mysql://x"],
                ["ERALINK_DATABASE_URL": "postgresql://x@127.0.0.1:\(try FreePorts.take())/x"],
                ["ERALINK_DATABASE_URL": "postgresql://x@127.0.0.1:\(listener.port)/x"],
                ["XDG_CONFIG_HOME": scratch.path],
            ]
            for environment in environments {
                let began = ContinuousClock.now
                let result = try await BuiltCommand.run(Self.question, environment: environment)
                #expect(result.status == 0 && result.stderr.isEmpty, "\(environment): \(result)")
                #expect(["", "\n"].contains(result.stdout), "\(environment)")
                // A fifth of a second on a machine that has nothing else to do.
                #expect(ContinuousClock.now - began < .seconds(2), "\(environment)")
            }
        }
    }
}

/// A port of loopback where connections are taken and nothing is said.
private struct SilentListener {
    let port: Int
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) | listen(descriptor, 16) | getsockname(descriptor, $0, &length)
            }
        }
        guard code == 0 else { throw BuiltCommand.Failure(what: "cannot listen") }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    func close() { Glibc.close(descriptor) }
}
