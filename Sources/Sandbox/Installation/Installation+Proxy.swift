import Glibc

extension Installation {
    /// Runs nginx with the configuration that `eralink proxy nginx` prints of who runs now, and gives its port. It is a daemon
    /// like the others, called `proxy`.
    ///
    /// Nil where nginx is not installed.
    package func startProxy(arguments: [String] = []) async throws -> Int? {
        guard let nginx = Self.nginx else { return nil }
        // Another process may take the port before nginx does.
        for attempt in 1... {
            let port = Int(try FreePorts.take())
            let name = attempt == 1 ? "proxy" : "proxy-\(attempt)"
            let printed = try await finished(
                [
                    "proxy", "nginx", "--include", "--listen", "127.0.0.1:\(port)", "--access-log",
                    "\(directory)/\(name).access",
                ] + arguments)
            guard printed.status == 0 else {
                throw ChildProcess.Failure(description: "eralink proxy nginx: \(printed.errors)")
            }
            let part = try write(printed.output, to: "\(name).part.conf")
            let whole = try write(configuration(including: part), to: "\(name).conf")
            let daemon = try startForeign(
                name, program: nginx, ["-p", directory, "-e", "\(directory)/\(name).log", "-c", whole])
            while daemon.isRunning {
                if Self.listens(at: port) { return port }
                try await Task.sleep(for: .milliseconds(10))
            }
            guard attempt < 5, daemon.log.text.contains("Address already in use") else {
                throw ChildProcess.Failure(
                    description: "nginx has ended: \(daemon.log.last(3).joined(separator: "; "))")
            }
        }
        return nil
    }

    /// Everything that nginx would put elsewhere on the machine is in our directory; the rest is what the command printed.
    private func configuration(including part: String) -> String {
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "    \($0)_temp_path \"\(directory)/\($0)_temp\";\n"
        }
        return """
            \(geteuid() == 0 ? "user root;" : "")
            daemon off;
            worker_processes 1;
            pid "\(directory)/nginx-\(part.hashValue).pid";
            events { worker_connections 1024; }
            http {
            \(temporary.joined())
                include "\(part)";
            }

            """
    }

    private static var nginx: String? {
        ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx"].first {
            access($0, X_OK) == 0
        }
    }

    private static func listens(at port: Int) -> Bool {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
