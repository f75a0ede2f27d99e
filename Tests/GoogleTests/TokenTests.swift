import BookingTail
import Cryptography
import Google
import HTTPClient
import Kit
import Sandbox
import Testing

@Suite("Tokens of a service account")
struct TokenTests {
  private func keeper(_ seller: Seller, _ account: ServiceAccount? = nil) -> TokenKeeper {
    let clock = seller.clock
    let basket = seller.basket
    return TokenKeeper(
      account: account ?? seller.account, scope: .sheets,
      client: .live(http: seller.http, now: { clock.now }), now: { clock.now },
      report: { basket.add($0) })
  }

  @Test("an assertion is three parts without padding, signed by RS256, in whole seconds")
  func assertion() throws {
    let pair = try RSAKeyPair.make()
    let account = ServiceAccount(
      clientEmail: "a@b.example", keyID: "k1", privateKey: pair.privateKey,
      tokenURI: "https://t.example/token")
    let now = Timestamp(microseconds: 1_790_000_000_123_456)
    let text = try SignedAssertion.make(for: account, scope: .sheets, at: now)
    let parts = text.split(separator: ".")
    try #require(parts.count == 3)
    #expect(!text.contains("=") && !text.contains("+") && !text.contains("/"))
    let head = try JSONValue.parse(try #require(Base64.decodeURL(parts[0])))
    let claims = try JSONValue.parse(try #require(Base64.decodeURL(parts[1])))
    #expect(head.rawText == #"{"alg":"RS256","typ":"JWT","kid":"k1"}"#)
    #expect(claims["iss"]?.string == "a@b.example" && claims["sub"] == nil)
    #expect(claims["aud"]?.string == "https://t.example/token")
    #expect(claims["scope"]?.string == "https://www.googleapis.com/auth/spreadsheets")
    #expect(claims["iat"]?.rawText == "1789999990" && claims["exp"]?.rawText == "1790003590")
    let signature = try #require(Base64.decodeURL(parts[2]))
    let signed = Array("\(parts[0]).\(parts[1])".utf8)
    #expect(try RS256.verify(signature, of: signed, pem: pair.publicKey))
  }

  @Test("a token is fetched once however many ask, kept, and renewed five minutes before its end")
  func renewal() async throws {
    try await Seller.run { seller async throws in
      let keeper = keeper(seller)
      let values = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<20 { group.addTask { try await keeper.token().value } }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(values == ["sandbox-token-1"] && seller.basket.calls.count == 1)
      seller.clock.advance(.seconds(3_598 - 300))
      #expect(try await keeper.token().value == "sandbox-token-1")
      seller.clock.advance(.seconds(2))
      #expect(try await keeper.token().value == "sandbox-token-2")
      #expect(seller.basket.calls.count == 2)
    }
  }

  @Test("a renewal that fails leaves the old token in use while it lives, and no longer")
  func failedRenewal() async throws {
    try await Seller.run { seller async throws in
      let keeper = keeper(seller)
      _ = try await keeper.token()
      seller.sandbox.setDials([FaultRule(call: "token", fault: .status, status: 503)])
      seller.clock.advance(.seconds(3_400))
      #expect(try await keeper.token().value == "sandbox-token-1")
      #expect(try await keeper.token().value == "sandbox-token-1")
      #expect(seller.basket.calls.count == 2, "no second try within the pause")
      seller.clock.advance(.seconds(190))
      await #expect { try await keeper.token() } throws: {
        if case .transient = ($0 as? OutsideError)?.classification { true } else { false }
      }
      seller.sandbox.setDials([])
      #expect(try await keeper.token().value == "sandbox-token-2")
    }
  }

  @Test("the endpoint refuses a clock that is far ahead, another's key and another account")
  func refusals() async throws {
    try await Seller.run { seller async throws in
      let other = try RSAKeyPair.make()
      var wrongKey = seller.account
      wrongKey.privateKey = other.privateKey
      var wrongName = seller.account
      wrongName.clientEmail = "somebody@else.example"
      var wrongID = seller.account
      wrongID.keyID = "k0"
      for account in [wrongKey, wrongName, wrongID] {
        await #expect { try await keeper(seller, account).token() } throws: { error in
          guard let error = error as? OutsideError, case .denied = error.classification
          else { return false }
          return error.code == "invalid_grant" && error.status == 400
        }
      }
      let clock = seller.clock
      for skew in [Duration.minutes(2), .minutes(-62)] {
        let client = TokenClient.live(http: seller.http, now: { clock.now + skew })
        let answer = await client.fetch(seller.account, .sheets)
        guard case .failure(let error) = answer.result else {
          Issue.record("a skew of \(skew) was not noticed")
          continue
        }
        #expect(error.code == "invalid_grant")
        #expect("\(error.classification)".contains("clock"))
      }
      let good = TokenClient.live(http: seller.http, now: { clock.now + .seconds(8) })
      let fine = await good.fetch(seller.account, .sheets)
      #expect(throws: Never.self) { try fine.result.get() }
    }
  }

  @Test("a key file that names another host gets no assertion")
  func foreignEndpoint() async throws {
    try await Seller.run { seller async throws in
      var account = seller.account
      account.tokenURI = "http://127.0.0.1:1/token"
      await #expect { try await keeper(seller, account).token() } throws: {
        if case .denied = ($0 as? OutsideError)?.classification { true } else { false }
      }
    }
  }

  @Test("a page, half an answer or nonsense is no token, and no reason to give up")
  func brokenAnswers() async throws {
    try await Seller.run { seller async throws in
      for fault in [Fault.html502, .answerLost, .requestLost, .truncated, .schemaError, .malformed]
      {
        seller.sandbox.setDials([FaultRule(call: "token", fault: fault, times: 1)])
        let keeper = keeper(seller)
        await #expect("\(fault)") { try await keeper.token() } throws: {
          if case .transient = ($0 as? OutsideError)?.classification { true } else { false }
        }
        #expect(try await !keeper.token().value.isEmpty)
      }
    }
  }

  @Test("no record holds the assertion, the key or the token")
  func secrets() async throws {
    try await Seller.run { seller async throws in
      let token = try await keeper(seller).token()
      let answer = await seller.sheet.client.get(
        seller.sandbox.settings.spreadsheetID, .columns(9, of: "Orders"))
      let all = (seller.basket.calls + [answer.call]).map { call in
        "\(call.url) \(call.requestHeaders) \(String(decoding: call.requestBody, as: UTF8.self))"
          + "\(call.responseHeaders) \(String(decoding: call.responseBody, as: UTF8.self))"
      }.joined()
      #expect(seller.basket.calls.count == 2)
      #expect(!all.contains("sandbox-token") && !all.contains("assertion=eyJ"))
      var dumped = "\(token) \(seller.account)"
      dump(token, to: &dumped)
      dump(seller.account, to: &dumped)
      #expect(!dumped.contains("sandbox-token") && !dumped.contains("PRIVATE"))
    }
  }

  @Test(
    "a file that is no service account's key is refused in words",
    arguments: [
      ("", "not readable"), ("[]", "not readable"),
      (#"{"type":"authorized_user"}"#, "service_account"),
      (#"{"type":"service_account","private_key_id":"1","private_key":"x"}"#, "client_email"),
      (#"{"type":"service_account","client_email":"a","private_key":"x"}"#, "private_key_id"),
      (#"{"type":"service_account","client_email":"a","private_key_id":"1"}"#, "private_key"),
    ])
  func keyFiles(text: String, word: String) {
    #expect { try ServiceAccount(file: Array(text.utf8)) } throws: {
      ($0 as? OutsideError)?.message.contains(word) == true
    }
  }
}
