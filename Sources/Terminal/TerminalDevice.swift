import Glibc

/// What is known of the terminal behind a file descriptor.
package enum TerminalDevice {
    /// Whether a person looks at this descriptor.
    package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// The columns of the window behind a descriptor; nil where there is none or it does not tell.
    package static func columns(_ descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
