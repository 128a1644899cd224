// Package store holds what a simulated Exchange server remembers: accounts,
// mailboxes, folders, items, rights, change logs and notifications.
//
// It knows nothing of SOAP or HTTP and never waits. Nothing in it is safe for
// concurrent use: callers hold Store.Mu, which covers everything below it.
package store
