// Package xmlnode reads a SOAP request into a small tree and writes a SOAP
// answer as bytes. Reading is aware of namespaces and indifferent to prefixes,
// as clients choose their own; writing always uses the prefixes s, m and t.
//
// It knows no operation and no store, and does no input or output of its own.
package xmlnode
