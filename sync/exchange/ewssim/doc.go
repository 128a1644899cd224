// Package ewssim is a simulated Exchange server that speaks Exchange Web
// Services over HTTP and HTTPS: for tests, for the demo office, and for anyone
// who wants to try a client against it.
//
// It keeps real items with change keys, sync states, rights, extended
// properties, recurrences and notifications, and every answer follows the
// published schemas. It expands recurrences by itself and shares no code with
// any client, so that it can judge them. It must not import an engine, a store
// or an adapter, and it never mails anybody: what a real server would have sent
// is counted in Server.Mail.
//
// A test makes a server with New, fills it with AddAccount, AddMailbox and Put,
// serves it with Start, and looks at it with Items, Writes, Requests and Mail.
package ewssim
