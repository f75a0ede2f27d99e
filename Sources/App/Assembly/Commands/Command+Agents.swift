import Assistant
import Booking
import BookingAPI
import Bookings
import HTTPClient
import Kit
import MCP
import Sandbox

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

  static let tools = Command(
    name: "tools", summary: "The booking tools as functions for an OpenAI-compatible server.",
    usage: "tools [--kind agent|staff] [--json]",
    details: """
      Made from the definitions that check the requests, in the strict subset of JSON Schema. --json
      gives what goes into `tools` of /v1/chat/completions, with --responses of /v1/responses.
      """,
    options: [
      .init(name: "kind", value: "agent|staff", meaning: "whose key calls them (agent)"),
      .init(name: "responses", meaning: "in the flat shape of /v1/responses"), json,
    ]
  ) { arguments, context in
    guard let kind = Principal.Kind(rawValue: arguments.text("kind") ?? "agent") else {
      throw UsageError(command: "tools", "--kind takes agent or staff")
    }
    let functions = FunctionTool.all(for: kind)
    if arguments.has("json") {
      let isFlat = arguments.has("responses")
      context.print(JSON.array(functions.map { isFlat ? $0.flatJSON : $0.json }).pretty)
    } else {
      context.print(
        Table.text(["tool", "what it does"], functions.map { [$0.tool.name, $0.tool.title] }))
    }
    return ExitStatus.fine
  }

  static let chat = Command(
    name: "chat", summary: "Takes an order in a conversation, with a language model.",
    usage: "chat [--scripted]",
    details: """
      One line a time from standard input. The key is QUAYSIDE_AGENT_KEY, the model that of
      QUAYSIDE_MODEL_URL; --scripted has the sandbox's clerk answer instead. What the model says begins
      with "assistant:", what the server says with "server:": only that is a fact. The question that
      books is the server's, and its answer goes past the model.
      """,
    options: [.init(name: "scripted", meaning: "no model: a clerk with simple rules")]
  ) { arguments, context in
    guard let key = context.settings.agentKey else {
      throw SettingsError("QUAYSIDE_AGENT_KEY: give the API key that this agent has")
    }
    let sandbox = arguments.has("scripted") ? try Sandbox.start() : nil
    guard let account = sandbox.map({ ModelAccount(clerkOf: $0) }) ?? context.settings.model else {
      throw SettingsError("QUAYSIDE_MODEL_URL: name a server of language models, or use --scripted")
    }
    let installation = try await Installation.open(context)
    do {
      let assistant = try await Assistant.open(
        model: .live(account, http: installation.client(for: account), log: context.log),
        service: installation.bookings, secret: key, log: context.log)
      await converse(assistant, context)
    } catch {
      await installation.close()
      await sandbox?.stop()
      throw error
    }
    await installation.close()
    await sandbox?.stop()
    return ExitStatus.fine
  }

  /// A model's words cannot move the cursor, nor begin a line like the server's.
  private static func indented(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { SummaryText.plain(String($0)) }
      .joined(separator: "\n  ")
  }

  private static func converse(_ assistant: Assistant, _ context: Context) async {
    let input = LineReader(bytesMax: Assistant.wordsMax * 4)
    context.print("server: What would you like? (an empty line ends the conversation)")
    while case .bytes(let bytes)? = await input.next() {
      let words = String(decoding: bytes, as: UTF8.self)
      guard !words.allSatisfy(\.isWhitespace) else { return }
      for line in await assistant.hear(words).lines {
        switch line {
        case .assistant(let text): context.print("assistant: " + indented(text))
        case .question(let text), .server(let text): context.print("server: " + text)
        }
      }
    }
  }
}

extension ModelAccount {
  /// The simulated model of a sandbox.
  init(clerkOf sandbox: Sandbox) {
    self.init(
      url: sandbox.baseURL + "/llm/v1", key: sandbox.settings.modelKey, name: "sandbox-clerk")
  }
}

extension Installation {
  /// Reaches the model's server, and nothing else.
  func client(for account: ModelAccount) -> HTTPClient {
    HTTPClient(
      .init(
        allowedOrigins: Set([Origin(url: account.url)].compactMap(\.self)),
        userAgent: "Quayside/\(Help.version)", caFile: settings.caFile))
  }
}
