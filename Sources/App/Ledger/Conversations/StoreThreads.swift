import Conversations
import Cryptography
import Kit
import Postgres

/// A batch of threads as columns: every statement of the pull binds some of them.
struct ThreadRows: Sendable {
  let shopID: String
  let threads: [IncomingThread]
  let answerWithin: Duration

  struct Message: Sendable {
    let threadID: String
    let message: IncomingMessage
    let text: String
    let language: MessageLanguage
    let digest: [UInt8]
  }

  let messages: [Message]

  init(shopID: String, threads: [IncomingThread], answerWithin: Duration) {
    self.shopID = shopID
    // One order for everybody who locks them.
    self.threads = threads.sorted { $0.id < $1.id }
    self.answerWithin = answerWithin
    var seen: Set<String> = []
    messages = self.threads.flatMap { thread in
      thread.messages.filter { seen.insert($0.id).inserted }.map { message in
        let text = Plain.text(MessageText.plain(message.body))
        return Message(
          threadID: thread.id, message: message, text: text,
          language: MessageLanguage.guess(text), digest: MessageDigest.of(message.body))
      }
    }
  }

  var customers: [(id: String, name: String?, orderID: String?)] {
    var seen: Set<String> = []
    return threads.compactMap { thread in
      guard let customer = thread.customer, let id = customer.id, seen.insert(id).inserted else {
        return nil
      }
      return (id, customer.name.map { MessageText.line($0) }, thread.orderID)
    }.sorted { $0.id < $1.id }
  }
}

/// What two copies of one message have in common, as a digest.
enum MessageDigest {
  static func of(_ body: String) -> [UInt8] { SHA256.hash(MessageText.comparable(body).utf8) }
}

struct UpsertCustomers: PostgresStatement {
  static let sql = """
    insert into customers (mirakl_customer_id, display_name, locale)
    select u.id, u.name, order_data(o) #>> '{customer,locale}'
    from unnest($1::text[], $2::text[], $3::text[]) as u (id, name, order_id)
    left join orders o on o.order_id = u.order_id
    order by u.id
    on conflict (mirakl_customer_id) do update set
      display_name = coalesce(excluded.display_name, customers.display_name),
      locale = coalesce(excluded.locale, customers.locale)
    where (customers.display_name, customers.locale) is distinct from
      (coalesce(excluded.display_name, customers.display_name),
        coalesce(excluded.locale, customers.locale))
    """
  let rows: ThreadRows
  func bind(_ b: inout PostgresBindings) {
    let customers = rows.customers
    b.append(customers.map { Plain.text($0.id) })
    b.append(customers.map { $0.name.map(Plain.text) })
    b.append(customers.map { $0.orderID.map(Plain.text) })
  }
}

/// A thread that another shop shows is not touched. The rows stay locked until the batch commits.
struct UpsertConversations: PostgresStatement {
  static let sql = """
    insert into conversations (mirakl_thread_id, shop_id, customer_id, order_id, status, topic,
      entity_type, marketplace_order_id, customer_name, language, participants,
      marketplace_updated_at, last_message_at, answer_within, settled_at, created_at)
    select u.id, $1, c.id, o.order_id, 'read', u.topic, u.entity, u.order_id, u.name,
      case when coalesce(c.locale, u.language) like 'fr%' then 'fr' else 'en' end,
      u.participants::jsonb, u.updated, u.updated, make_interval(secs => $2 / 1e6), u.settled,
      u.created
    from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[])
      as u (id, topic, entity, order_id, customer, name, language, participants, created, updated,
        settled)
    left join customers c on c.mirakl_customer_id = u.customer
    left join orders o on o.order_id = u.order_id and o.shop_id = $1
    order by u.id
    on conflict (mirakl_thread_id) do update set
      topic = excluded.topic, entity_type = excluded.entity_type,
      marketplace_order_id = coalesce(excluded.marketplace_order_id,
        conversations.marketplace_order_id),
      order_id = coalesce(conversations.order_id, excluded.order_id),
      customer_id = coalesce(excluded.customer_id, conversations.customer_id),
      customer_name = coalesce(excluded.customer_name, conversations.customer_name),
      participants = excluded.participants, answer_within = excluded.answer_within,
      marketplace_updated_at = greatest(conversations.marketplace_updated_at,
        excluded.marketplace_updated_at),
      settled_at = greatest(conversations.settled_at, excluded.settled_at)
    where conversations.shop_id = excluded.shop_id
    """
  let rows: ThreadRows
  func bind(_ b: inout PostgresBindings) {
    let threads = rows.threads
    b.append(rows.shopID)
    b.append(rows.answerWithin.microseconds)
    b.append(threads.map { Plain.text($0.id) })
    b.append(threads.map { Plain.text(MessageText.line($0.topic)) })
    b.append(threads.map { $0.entityType.map(Plain.text) })
    b.append(threads.map { $0.orderID.map(Plain.text) })
    b.append(threads.map { $0.customer?.id.map(Plain.text) })
    b.append(threads.map { $0.customer?.name.map { Plain.text(MessageText.line($0)) } })
    b.append(threads.map { Self.language(of: $0).rawValue })
    b.append(threads.map { Plain.text(Participants.json($0.participants).text) })
    b.append(threads.map(\.createdAt))
    b.append(threads.map(\.updatedAt))
    b.append(threads.map(\.settledAt))
  }

  /// Of what the customer wrote last.
  static func language(of thread: IncomingThread) -> MessageLanguage {
    let last = thread.messages.last { $0.sender == .customer }
    return MessageLanguage.guess(last.map { MessageText.plain($0.body) } ?? thread.topic)
  }
}

/// The thread's copy of a message that we sent: it is the same message, and now it is proved.
struct AdoptOwnMessages: PostgresStatement {
  static let sql = """
    update messages m set mirakl_message_id = u.id, created_at = u.at
    from unnest($1::text[], $2::text[], $3::bytea[], $4::timestamptz[]) as u (thread, id, digest, at)
    join conversations c on c.mirakl_thread_id = u.thread
    where m.conversation_id = c.id and m.mirakl_message_id is null and m.effect_id is not null
      and m.discarded_at is null
      and (m.answered_id = u.id
        or m.answered_id is null and m.body_digest = u.digest
          and u.at > m.stored_at - interval '10 minutes')
      and not exists (select 1 from messages x where x.mirakl_message_id = u.id)
    """
  let rows: ThreadRows
  func bind(_ b: inout PostgresBindings) {
    let own = rows.messages.filter { $0.message.sender == .technician }
    b.append(own.map { Plain.text($0.threadID) })
    b.append(own.map { Plain.text($0.message.id) })
    b.append(own.map { $0.digest })
    b.append(own.map(\.message.createdAt))
  }
}

struct InsertMessages: PostgresStatement {
  static let sql = """
    insert into messages (conversation_id, mirakl_message_id, sender_type, message_type, body, text,
      language, sender_name, recipients, body_digest, created_at)
    select c.id, u.id, u.sender, 'manual', u.body, u.text, u.language, u.name,
      string_to_array(u.recipients, ' '), u.digest, u.at
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
      $8::text[], $9::bytea[], $10::timestamptz[])
      as u (thread, id, sender, body, text, language, name, recipients, digest, at)
    join conversations c on c.mirakl_thread_id = u.thread and c.shop_id = $11
    order by u.at, u.id
    on conflict (mirakl_message_id) do nothing
    returning sender_type
    """
  let rows: ThreadRows
  func bind(_ b: inout PostgresBindings) {
    let messages = rows.messages
    b.append(messages.map { Plain.text($0.threadID) })
    b.append(messages.map { Plain.text($0.message.id) })
    b.append(messages.map(\.message.sender.rawValue))
    b.append(messages.map { Plain.text(Self.kept($0.message.body)) })
    b.append(messages.map(\.text))
    b.append(messages.map(\.language.rawValue))
    b.append(messages.map { $0.message.senderName.map { Plain.text(MessageText.line($0)) } })
    b.append(
      messages.map {
        $0.message.recipients.map { Plain.text(Self.word($0.type)) }.joined(separator: " ")
      })
    b.append(messages.map { $0.digest })
    b.append(messages.map(\.message.createdAt))
    b.append(rows.shopID)
  }

  /// A body is kept whole up to what the marketplace allows, many times over.
  private static func kept(_ body: String) -> String {
    body.utf8.count <= 1 << 20 ? body : String(body.prefix(200_000))
  }

  private static func word(_ type: String) -> String { String(type.filter { !$0.isWhitespace }) }

  static func row(_ r: PostgresRow) throws(PostgresError) -> MessageSender {
    MessageSender(rawValue: try r.string(0)) ?? .operator
  }
}

/// Files of messages that came; our own are stored already.
struct InsertListedAttachments: PostgresStatement {
  static let sql = """
    insert into message_attachments (message_id, mirakl_attachment_id, name, content_type, bytes,
      state, problem)
    select m.id, u.id, u.name, u.type, u.bytes,
      case when u.problem is null then 'listed' else 'refused' end, u.problem
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[])
      as u (message, id, name, type, bytes, problem)
    join messages m on m.mirakl_message_id = u.message and m.effect_id is null
    on conflict (mirakl_attachment_id) do nothing
    """
  let rows: ThreadRows
  func bind(_ b: inout PostgresBindings) {
    let all = rows.messages.flatMap { row in
      row.message.attachments.map { (message: row.message.id, file: $0) }
    }
    b.append(all.map { Plain.text($0.message) })
    b.append(all.map { Plain.text($0.file.id) })
    b.append(all.map { Plain.text(AttachmentRules.name($0.file.name)) })
    b.append(all.map { AttachmentRules.contentType($0.file.name) })
    b.append(all.map { Int64(max(0, $0.file.bytes)) })
    b.append(
      all.map {
        $0.file.bytes > AttachmentRules.bytesMax
          ? "larger than \(AttachmentRules.bytesMax >> 20) MB; look at it on the marketplace's pages"
          : nil
      })
  }
}

/// Counts anew what the rows of these threads say of their messages.
struct SettleConversations: PostgresStatement {
  static let sql = """
    with mine as materialized (
      select array_agg(id order by id) as ids from conversations where mirakl_thread_id = any($1)
    )
    select refresh_conversations(ids)::text from mine where ids is not null
    """
  let threadIDs: [String]
  func bind(_ b: inout PostgresBindings) { b.append(threadIDs) }
}

/// What came from outside makes a conversation unread, also one that was archived, where it is still the
/// last word. It also does where the last word is an answer that was written here before: the two crossed,
/// and nobody has seen what came. What is read in late, behind newer messages that were there, crossed
/// nothing.
struct MarkUnread: PostgresStatement {
  static let sql = """
    update conversations c set status = 'unread'
    from messages m
    where m.conversation_id = c.id and c.status <> 'unread'
      and m.mirakl_message_id = any($1) and m.sender_type <> 'technician'
      and m.xmin = pg_current_xact_id()::xid
      and (c.last_sender <> 'technician' or not exists (
        select from messages x
        where x.conversation_id = m.conversation_id and x.created_at > m.created_at
          and x.effect_id is null and (x.sender_type = 'technician' or x.id < m.id)))
    """
  let messageIDs: [String]
  func bind(_ b: inout PostgresBindings) { b.append(messageIDs) }
}

/// Threads of which we do not have all messages, and which were not read whole at that count.
struct FindIncompleteThreads: PostgresStatement {
  static let sql = """
    select c.mirakl_thread_id, u.total from conversations c
    join unnest($1::text[], $2::bigint[]) as u (id, total) on u.id = c.mirakl_thread_id
    where c.shop_id = $3 and u.total > c.message_count and u.total <> c.complete_count
    order by 1
    """
  let rows: ThreadRows
  func bind(_ b: inout PostgresBindings) {
    b.append(rows.threads.map(\.id))
    b.append(rows.threads.map { Int64($0.totalCount) })
    b.append(rows.shopID)
  }
  static func row(_ r: PostgresRow) throws(PostgresError) -> (id: String, total: Int) {
    (try r.string(0), try r.int(1))
  }
}

struct NoteReadWhole: PostgresStatement {
  static let sql =
    "update conversations set complete_count = $2::int8::int where mirakl_thread_id = $1"
  let threadID: String
  let count: Int
  func bind(_ b: inout PostgresBindings) {
    b.append(threadID)
    b.append(Int64(count))
  }
}

/// Orders that became known after somebody wrote about them.
struct MatchConversations: PostgresStatement {
  static let sql = """
    update conversations c set order_id = o.order_id
    from orders o
    where c.order_id is null and c.marketplace_order_id is not null
      and o.order_id = c.marketplace_order_id and o.shop_id = c.shop_id
    """
}
