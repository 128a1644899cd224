package network

import "golang.org/x/net/http/httpproxy"

// environment is a machine whose environment names proxies; false: it names none.
func environment(c *httpproxy.Config) (Machine, bool) {
	if c.HTTPProxy == "" && c.HTTPSProxy == "" {
		return Machine{}, false
	}
	return Machine{Fixed: *c, From: fromEnvironment}, true
}
