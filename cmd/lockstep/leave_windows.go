package main

import system "golang.org/x/sys/windows"

// leave ends the process with an exit code, without the farewell that Windows'
// ExitProcess takes of each library: COM lets go there of the class that stands
// behind notifications, which is Go code that cannot run any more. Under Wine the
// process then hangs for ever with its files open. Nothing is lost: what is on
// disk was written before.
func leave(code int) {
	_ = system.TerminateProcess(system.CurrentProcess(), uint32(code)) //nolint:gosec // exit codes are small
}
