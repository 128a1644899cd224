// Package simauth signs clients in to the simulated Exchange the way IIS does in front of a real one: NTLM (also inside the Negotiate scheme) bound to
// the TCP connection, and Basic. Every NTLMv2 answer is verified against the account's password, so that a client which gets the cryptography or the order
// of the messages wrong is refused here as it would be there.
//
// It knows no mailbox and no SOAP, shares no code with the client that it judges, and must not be put in front of anything that holds real data: the
// passwords come in plain text from a function and MD4, MD5 and RC4 are what the protocol demands. NTLMv1 answers are refused (LmCompatibilityLevel 5).
// SPNEGO and Kerberos tokens are refused, as by a server outside of any domain.
package simauth
