package network

import (
	"strings"

	"golang.org/x/net/http/httpproxy"
	"golang.org/x/sys/windows/registry"
)

const internetSettings = `Software\Microsoft\Windows\CurrentVersion\Internet Settings`

// SystemConfig is the proxy that the environment names, else the one that is
// written into Internet Options. A script that chooses proxies (PAC) is not run.
func SystemConfig() httpproxy.Config {
	c := *httpproxy.FromEnvironment()
	if c.HTTPProxy != "" || c.HTTPSProxy != "" {
		return c
	}
	k, err := registry.OpenKey(registry.CURRENT_USER, internetSettings, registry.QUERY_VALUE)
	if err != nil {
		return c
	}
	defer k.Close()
	if on, _, err := k.GetIntegerValue("ProxyEnable"); err != nil || on == 0 {
		return c
	}
	server, _, err := k.GetStringValue("ProxyServer")
	if err != nil {
		return c
	}
	c.HTTPProxy, c.HTTPSProxy = windowsProxies(server)
	if not, _, err := k.GetStringValue("ProxyOverride"); err == nil {
		c.NoProxy = strings.Trim(c.NoProxy+","+windowsExceptions(not), ",")
	}
	return c
}
