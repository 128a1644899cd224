//go:build !windows && !linux

package network

import "golang.org/x/net/http/httpproxy"

// ThisMachine says what the environment names.
func ThisMachine() Machine {
	m, _ := environment(httpproxy.FromEnvironment())
	return m
}
