import AgentClient
import Domain
import FoundationEssentials
import JSON

extension CommandContext {
    /// The agent token that `token_file` names. Throws a usage error that says what to set.
    package func agentToken() throws -> String {
        guard let path = settings.tokenFile else {
            throw CommandFailure.usage(
                "token_file is not set; make a token with \"eralink token create\", store it in a file, and name the file in token_file or ERALINK_TOKEN_FILE",
                details: [.init("setting", "token_file")])
        }
        do throws(SettingProblem) {
            return try SecretText.firstLine(ofFile: path)
        } catch {
            throw CommandFailure.usage("token_file: the value \(error.reason)", details: [.init("file", path)])
        }
    }

    /// A session at the ChatServer for the time of `body`, which gets the connection and the result of `session.hello`.
    ///
    /// Throws the server's errors; `unavailable` where it is not running, or went away.
    package func withAgentClient<R>(
        _ hello: AgentHello = AgentHello(), _ body: (AgentConnection, JSONValue) async throws -> R
    ) async throws -> R {
        let token = try agentToken()
        do {
            let connection = try await AgentConnection.connect(settings.urls.chat, token: token)
            do {
                let result = try await body(connection, try await connection.hello(hello))
                await connection.close()
                return result
            } catch {
                await connection.close()
                throw error
            }
        } catch let closed as AgentClosed {
            throw closed.error
        }
    }

    /// The Interaction Loader at `loader.url`, with the token of `token_file`.
    package func loader() throws -> RESTClient {
        try RESTClient(settings.urls.loader, token: try agentToken())
    }
}
