/// Why a part of the sandbox does not run, in one sentence that says what to do.
package struct SandboxError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
