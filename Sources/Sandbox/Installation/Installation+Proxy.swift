import Glibc

extension Installation {
    /// Runs nginx with nothing but a file of our directory in it, and gives its port; nil where it is not installed.
    package func startFileServer(of file: String) async throws -> Int? {
        try await startNginx("file-server") { port in
            "    server { listen 127.0.0.1:\(port); access_log off; sendfile on; location = /\(file) { root \"\(directory)\"; } }"
        }
    }

    /// Runs nginx with the configuration that `eralink proxy nginx` prints of who runs now, and gives its port. It is a daemon
    /// like the others, called `proxy`.
    ///
    /// Nil where nginx is not installed.
    package func startProxy(arguments: [String] = []) async throws -> Int? {
        try await startNginx("proxy") { port in
            let words =
                [
                    "proxy", "nginx", "--include", "--listen", "127.0.0.1:\(port)", "--access-log",
                    "\(directory)/proxy.access",
                ] + arguments
            var printed = try await finished(words)
            // A daemon that is ready may not be registered yet; who is missing is warned of.
            let deadline = ContinuousClock.now + .seconds(10)
            while printed.status == 0, !printed.errors.isEmpty, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(100))
                printed = try await finished(words)
            }
            guard printed.status == 0 else {
                throw ChildProcess.Failure(description: "eralink proxy nginx: \(printed.errors)")
            }
            return "    include \"\(try write(printed.output, to: "proxy-\(port).part.conf"))\";"
        }
    }

    /// - Parameter content: what stands in `http { }`, for a port.
    private func startNginx(_ name: String, _ content: (Int) async throws -> String) async throws -> Int? {
        guard let nginx = Self.nginx else { return nil }
        // Another process may take the port before nginx does.
        for _ in 1...5 {
            let port = Int(try FreePorts.take())
            let file = try write(configuration(name, try await content(port)), to: "\(name)-\(port).conf")
            let log = "\(directory)/\(name)-\(port).log"
            let daemon = try startForeign(name, program: nginx, ["-p", directory, "-e", log, "-c", file])
            while daemon.isRunning {
                if Self.listens(at: port) { return port }
                try await Task.sleep(for: .milliseconds(10))
            }
            guard ProcessLog(path: log).text.contains("Address already in use") else {
                throw ChildProcess.Failure(
                    description: "nginx has ended: \(ProcessLog(path: log).last(3).joined(separator: "; "))")
            }
        }
        throw ChildProcess.Failure(description: "nginx finds no port")
    }

    /// Everything that nginx would put elsewhere on the machine is in our directory.
    private func configuration(_ name: String, _ content: String) -> String {
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "    \($0)_temp_path \"\(directory)/\(name)-\($0)\";\n"
        }
        return """
            \(geteuid() == 0 ? "user root;" : "")
            daemon off;
            worker_processes 1;
            pid "\(directory)/\(name).pid";
            events { worker_connections 1024; }
            http {
            \(temporary.joined())\(content)
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
