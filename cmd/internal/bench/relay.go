package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// wire is what has crossed a relay.
type wireCount struct {
	Conns int64 // connections that were opened
	Out   int64 // bytes to the server
	In    int64 // bytes from it
}

func (a wireCount) minus(b wireCount) wireCount {
	return wireCount{a.Conns - b.Conns, a.Out - b.Out, a.In - b.In}
}

// relay passes connections on to a server and counts them and their bytes.
type relay struct {
	addr   string // where clients connect to
	to     string
	l      net.Listener
	cancel context.CancelFunc
	work   sync.WaitGroup

	conns, out, in atomic.Int64
}

func newRelay(ctx context.Context, to string) (*relay, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start relay: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	r := &relay{addr: l.Addr().String(), to: to, l: l, cancel: cancel}
	r.work.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // closed
			}
			r.conns.Add(1)
			r.work.Go(func() { r.pass(ctx, c) })
		}
	})
	return r, nil
}

// pass serves one connection until either end closes it.
func (r *relay) pass(ctx context.Context, client net.Conn) {
	var d net.Dialer
	server, err := d.DialContext(ctx, "tcp", r.to)
	if err != nil {
		_ = client.Close()
		return
	}
	stop := context.AfterFunc(ctx, func() { _, _ = client.Close(), server.Close() })
	defer stop()
	var both sync.WaitGroup
	copyAll := func(to, from net.Conn, n *atomic.Int64) {
		_, _ = io.Copy(counted{to, n}, from)
		_, _ = to.Close(), from.Close()
	}
	both.Go(func() { copyAll(server, client, &r.out) })
	both.Go(func() { copyAll(client, server, &r.in) })
	both.Wait()
}

// counted adds up what is written.
type counted struct {
	io.Writer
	n *atomic.Int64
}

func (c counted) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	c.n.Add(int64(n))
	return n, err
}

func (r *relay) count() wireCount { return wireCount{r.conns.Load(), r.out.Load(), r.in.Load()} }

func (r *relay) Close() error {
	r.cancel()
	err := r.l.Close()
	r.work.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
