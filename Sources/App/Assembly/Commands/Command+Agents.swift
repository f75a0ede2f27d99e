import Booking
import Bookings
import HTTPClient
import Kit
import MCP

/// The agents' doors that are no web server.
extension Command {
  static let mcp = Command(
    name: "mcp", summary: "The booking tools over MCP on standard input and output.",
    usage: "mcp [--url URL]",
    details: """
      For a client that starts its server as a child: one message a line, logs on standard error. The
      key is QUAYSIDE_AGENT_KEY. Without --url the tools work on this database, as `quayside serve` does;
      with --url they are those of a server somewhere else, asked for at its /mcp.
      """,
    options: [
      .init(
        name: "url", value: "URL",
        meaning: "of another server: https://orders.example.com/mcp")
    ]
  ) { arguments, context in
    // A broken pipe is the end of the talk, not of the process.
    let signals = Shutdown.signals()
    guard let key = context.settings.agentKey else {
      throw SettingsError("QUAYSIDE_AGENT_KEY: give the API key that this agent has")
    }
    if let url = arguments.text("url") {
      guard let origin = Origin(url: url) else {
        throw UsageError(command: "mcp", "--url takes an address like https://host/mcp")
      }
      let http = HTTPClient(
        .init(
          allowedOrigins: [origin], userAgent: "Quayside/\(Help.version)",
          caFile: context.settings.caFile))
      await talk(
        StdioServer(url: url, secret: key, http: http, version: Help.version), until: signals)
    } else {
      let installation = try await Installation.open(context)
      do throws(BookingError) { _ = try await installation.bookings.principal(secret: key) } catch {
        await installation.close()
        throw error
      }
      await talk(
        StdioServer(service: installation.bookings, secret: key, version: Help.version),
        until: signals)
      await installation.close()
    }
    return ExitStatus.fine
  }

  private static func talk(_ server: StdioServer, until signals: AsyncStream<Int32>) async {
    let input = LineReader(bytesMax: StdioServer.lineBytesMax)
    let output = BlockingThreads(count: 1)
    // A read that waits for its client cannot be called off: at a signal it is left behind.
    let (ends, end) = AsyncStream<Void>.makeStream()
    Task {
      await server.run(
        next: {
          switch await input.next() {
          case .bytes(let bytes): .bytes(bytes)
          case .tooLong: .tooLong
          case nil: nil
          }
        },
        write: { bytes in
          await output.run { Terminal.write(String(decoding: bytes, as: UTF8.self)) }
        })
      end.finish()
    }
    await until(signals) { for await _ in ends {} }
  }
}
