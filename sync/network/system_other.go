//go:build !windows

package network

import "golang.org/x/net/http/httpproxy"

// SystemConfig is the proxy that the environment names.
func SystemConfig() httpproxy.Config { return *httpproxy.FromEnvironment() }
