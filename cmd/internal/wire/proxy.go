package wire

import (
	"context"
	"net"
	"net/http"
	"net/url"

	"lockstep/sync/network"
	"lockstep/sync/state"
)

// SecretProxy names the password that is shown to a proxy.
const SecretProxy = "proxy"

// route is how the servers are reached: by a proxy that http.Transport knows
// how to use, or by connections that sign in at one.
type route struct {
	chooser *network.Chooser
	proxy   func(*http.Request) (*url.URL, error)
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
}

// route reads the proxy's password. One that cannot be read is not shown, and
// the proxy then says that it wants one.
func (y *systems) route(ctx context.Context, n state.Network) route {
	s := network.Settings{Proxy: n.Proxy, NoProxy: n.NoProxy, User: n.ProxyUser}
	if s.User != "" {
		if v, err := y.site.Ring.Get(ctx, SecretProxy); err == nil {
			s.Password = v.Reveal()
		}
	}
	c := s.Chooser(network.ThisMachine(), y.site.now)
	return route{chooser: c, proxy: c.Proxy, dial: s.Dial()}
}
