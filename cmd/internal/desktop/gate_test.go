//go:build linux

package desktop_test

import (
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// gate stands between the program and a server. While it is shut there is no
// way to it, as without a network.
type gate struct {
	t        *testing.T
	at, to   string
	mu       sync.Mutex
	listener net.Listener
	open     map[net.Conn]bool
}

// gated puts a gate before the server of an address, and gives the address by
// which the program is to come.
func gated(t *testing.T, address string) (*gate, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{t: t, at: "127.0.0.1:0", to: u.Host}
	g.lift()
	t.Cleanup(g.shut)
	u.Host = g.at
	return g, u.String()
}

// lift lets the program through.
func (g *gate) lift() {
	g.t.Helper()
	var all net.ListenConfig
	l, err := all.Listen(context.Background(), "tcp", g.at)
	if err != nil {
		g.t.Fatal(err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.at, g.listener, g.open = l.Addr().String(), l, map[net.Conn]bool{}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // shut
			}
			go g.pass(c)
		}
	}()
}

func (g *gate) pass(in net.Conn) {
	var dialer net.Dialer
	out, err := dialer.DialContext(context.Background(), "tcp", g.to)
	if err != nil {
		_ = in.Close()
		return
	}
	g.mu.Lock()
	g.open[in], g.open[out] = true, true
	g.mu.Unlock()
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
		go func() {
			_, _ = io.Copy(way[0], way[1]) // either may end at any moment
			done <- struct{}{}
		}()
	}
	<-done
	_, _ = in.Close(), out.Close()
}

// shut cuts what is on its way, and lets nothing more through.
func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	_ = g.listener.Close()
	for c := range g.open {
		_ = c.Close()
	}
}
