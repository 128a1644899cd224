package ewssim

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"lockstep/sync/exchange/ewssim/simauth"
)

func (s *Server) newGate(leaf *x509.Certificate) *simauth.Gate {
	return simauth.New(simauth.Options{
		Accounts: s.password, Alias: s.alias, Domain: s.opts.Domain, Now: s.now, Log: s.opts.Log,
		NTLM: s.opts.Auth != AuthBasic, Negotiate: s.opts.Auth != AuthBasic, Basic: s.opts.Auth != AuthNTLM,
		Leaf: leaf, RequireBinding: s.opts.RequireBinding, TellLocked: s.opts.TellLocked,
	})
}

// Serve answers requests on l until ctx ends or the listener fails, and closes
// the listener. With conf it speaks TLS. It returns nil after ctx has ended.
func (s *Server) Serve(ctx context.Context, l net.Listener, conf *tls.Config) error {
	gate := s.gate
	if conf != nil && len(conf.Certificates) > 0 {
		leaf, err := x509.ParseCertificate(conf.Certificates[0].Certificate[0])
		if err != nil {
			return fmt.Errorf("serve exchange: %w", err)
		}
		gate = s.gate.WithLeaf(leaf) // counts and locks are those of the organisation
		conf = conf.Clone()
		conf.NextProtos = []string{"http/1.1"}
		l = tls.NewListener(l, conf)
	}
	srv := &http.Server{
		Handler:           s.handler(gate),
		ConnContext:       gate.ConnContext,
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          slog.NewLogLogger(s.opts.Log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	err := srv.Serve(l)
	if ctx.Err() != nil && errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve exchange: %w", err)
}

// Running is a server that listens.
type Running struct {
	URL   string // of the service, ending in /EWS/Exchange.asmx
	CAPEM []byte // certificate of the authority, nil without TLS

	cancel context.CancelFunc
	done   sync.WaitGroup
	helper *http.Server // gives the certificate out that the server does not send; nil for none
}

// Start listens on addr ("127.0.0.1:0" for any free port) and serves until
// Close. With tls it makes an authority and a certificate for the address's
// host and for loopback.
func (s *Server) Start(addr string, useTLS bool) (*Running, error) {
	l, err := net.Listen("tcp", addr) //nolint:noctx // the listener lives as long as Running, not as a call
	if err != nil {
		return nil, fmt.Errorf("start exchange: %w", err)
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		_ = l.Close()
		return nil, fmt.Errorf("start exchange: %w", err)
	}
	r := &Running{URL: "http://" + l.Addr().String() + "/EWS/Exchange.asmx"}
	var conf *tls.Config
	if useTLS {
		r.URL = "https://" + l.Addr().String() + "/EWS/Exchange.asmx"
		var aia http.Handler
		helper, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // as above
		if err != nil {
			_ = l.Close()
			return nil, fmt.Errorf("start exchange: %w", err)
		}
		conf, r.CAPEM, aia, err = newTLS(s.opts.Now(), host, s.opts.Certificate, s.opts.OldTLS, "http://"+helper.Addr().String()+"/ca.crt")
		if err != nil || aia == nil {
			_ = helper.Close()
		}
		if err != nil {
			_ = l.Close()
			return nil, fmt.Errorf("start exchange: %w", err)
		}
		if aia != nil {
			r.helper = &http.Server{Handler: aia, ReadHeaderTimeout: time.Minute}
			r.done.Go(func() { _ = r.helper.Serve(helper) })
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	r.done.Go(func() {
		if err := s.Serve(ctx, l, conf); err != nil {
			s.opts.Log.Error("simulated exchange stopped", "err", err)
		}
	})
	return r, nil
}

// Close stops the server and waits for it. Open streams are cut.
func (r *Running) Close() {
	r.cancel()
	if r.helper != nil {
		_ = r.helper.Close()
	}
	r.done.Wait()
}
