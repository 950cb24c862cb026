import FoundationEssentials
import Sandbox

/// The built `eralink`, which SwiftPM puts beside the bundle of the tests.
package enum BuiltProgram {
    package static func path() throws -> String {
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = bundle.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/eralink"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw SandboxError("no built eralink at \(path); run \"swift build\"")
        }
        return path
    }
}
