package wire

import (
	"context"
	"net/http"
	"net/url"

	"lockstep/sync/network"
	"lockstep/sync/state"
)

// SecretProxy names the password that is shown to a proxy.
const SecretProxy = "proxy"

// proxy chooses how a request reaches its server. A password that cannot be
// read is not shown, and the proxy then says that it wants one.
func (y *systems) proxy(ctx context.Context, n state.Network) func(*http.Request) (*url.URL, error) {
	s := network.Settings{Proxy: n.Proxy, NoProxy: n.NoProxy, User: n.ProxyUser}
	if s.User != "" {
		if v, err := y.site.Ring.Get(ctx, SecretProxy); err == nil {
			s.Password = v.Reveal()
		}
	}
	return s.Func(network.SystemConfig())
}
