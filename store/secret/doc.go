// Package secret keeps passwords, tokens and keys: in the keyring of the operating system, or where none answers in
// one file that is encrypted behind a passphrase.
//
// It is not allowed to write a secret anywhere in plain text, to log, to decide what a secret is for, to ask a person
// (the caller hands in how a passphrase is asked for), to read the environment, or to import anything of ours.
//
// A secret is found by its name, such as "exchange" or "store-seal". What a Keyring returns is a Secret, which prints
// as REDACTED everywhere and gives its value only to Reveal.
package secret
