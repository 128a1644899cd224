package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
)

// relay passes connections on to a server, and can cut them all.
type relay struct {
	l    net.Listener
	to   string
	work sync.WaitGroup

	mu   sync.Mutex
	look func([]byte) // sees what clients send, before it is passed on; may be nil
	down bool
	open map[net.Conn]bool
}

// newRelay listens in front of the server of an address, and gives the address with itself in it.
func newRelay(ctx context.Context, address string) (r *relay, through string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, "", fmt.Errorf("read server's address: %w", err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", fmt.Errorf("start relay: %w", err)
	}
	r = &relay{l: l, to: u.Host, open: map[net.Conn]bool{}}
	u.Host = l.Addr().String()
	r.work.Go(func() { r.accept(ctx) })
	return r, u.String(), nil
}

func (r *relay) accept(ctx context.Context) {
	for {
		c, err := r.l.Accept()
		if err != nil {
			return // closed
		}
		r.work.Go(func() { r.pass(ctx, c) })
	}
}

// pass serves one connection until either end closes it.
func (r *relay) pass(ctx context.Context, client net.Conn) {
	defer client.Close()
	if !r.keep(client) {
		return
	}
	defer r.drop(client)
	var d net.Dialer
	server, err := d.DialContext(ctx, "tcp", r.to)
	if err != nil {
		return
	}
	defer server.Close()
	var both sync.WaitGroup
	copyAll := func(to, from net.Conn, from2 io.Reader) {
		_, _ = io.Copy(to, from2)
		_, _ = to.Close(), from.Close()
	}
	both.Go(func() { copyAll(server, client, seen{client, r}) })
	both.Go(func() { copyAll(client, server, server) })
	both.Wait()
}

// watch shows to look what clients send, before it is passed on; nil ends that.
func (r *relay) watch(look func([]byte)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.look = look
}

// seen shows what is read to who watches, before the reader has it.
type seen struct {
	io.Reader
	relay *relay
}

func (s seen) Read(b []byte) (int, error) {
	n, err := s.Reader.Read(b)
	s.relay.mu.Lock()
	look := s.relay.look
	s.relay.mu.Unlock()
	if n > 0 && look != nil {
		look(b[:n])
	}
	return n, err
}

func (r *relay) keep(c net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down {
		return false
	}
	r.open[c] = true
	return true
}

func (r *relay) drop(c net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, c)
}

// cut ends every connection and refuses new ones until mend.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = true
	for c := range r.open {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // as a network does that is gone: no orderly end
		}
		_ = c.Close()
	}
}

func (r *relay) mend() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = false
}

// Close ends the relay.
func (r *relay) Close() error {
	r.cut()
	err := r.l.Close()
	r.work.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
