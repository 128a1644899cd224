package network

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	ntlmssp "github.com/Azure/go-ntlmssp"
)

// ErrProxy says that a proxy does not lead to where it was asked to.
var ErrProxy = errors.New("the proxy does not open the way")

// Dial connects to the address of a server through the proxy that is named,
// signing in there by what it offers: NTLM, which needs one connection for all
// its steps and which http.Transport therefore cannot do, or Basic. It is nil
// where no user is named, or the proxy is none that is spoken to by HTTP.
func (s Settings) Dial() func(ctx context.Context, network, address string) (net.Conn, error) {
	u, err := url.Parse(s.Proxy)
	if err != nil || u.Scheme != "http" || s.User == "" {
		return nil
	}
	u.User = url.UserPassword(s.User, s.Password)
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		var d net.Dialer
		if exempt(s.NoProxy, &url.URL{Scheme: "https", Host: address}) {
			return d.DialContext(ctx, network, address)
		}
		conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), proxyPort(u)))
		if err != nil {
			return nil, fmt.Errorf("reach proxy: %w", err)
		}
		way, status, _, err := tunnel(ctx, conn, u, address)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("%w: it answers %d", ErrProxy, status)
		}
		if err != nil && way != nil {
			_ = way.Close()
		}
		if err != nil {
			return nil, err
		}
		return way, nil
	}
}

// answers are what comes from a proxy, none of which may be longer than
// mostAnswer with its page: http.ReadResponse takes a head of any length.
type answers struct {
	*bufio.Reader
	most *io.LimitedReader
}

const mostAnswer = 128 << 10

func listen(conn net.Conn) *answers {
	most := &io.LimitedReader{R: conn, N: mostAnswer}
	return &answers{bufio.NewReader(most), most}
}

// reply is what a proxy answers to CONNECT.
type reply struct {
	status int
	auth   []string // lines of Proxy-Authenticate
	closes bool     // the connection ends with it
}

// tunnel asks a proxy for the way to an address, with the user and the password
// that its own address holds: first without them, then by what it offers. A proxy
// may end the connection with its question; it is answered on another then, so
// that the way is the connection that is returned. It is nil where there is none.
func tunnel(ctx context.Context, conn net.Conn, proxy *url.URL, address string) (way net.Conn, status int, offers string, err error) {
	ended := func() { _ = conn.SetDeadline(time.Unix(1, 0)) }
	stop := context.AfterFunc(ctx, ended)
	in := listen(conn)
	got, err := connect(conn, in, address, "")
	stop()
	if err != nil {
		return conn, 0, "", err
	}
	offers = schemes(got.auth)
	offered := ", " + strings.ToLower(offers) + ","
	ntlm, basic := strings.Contains(offered, ", ntlm,"), strings.Contains(offered, ", basic,")
	if got.status != http.StatusProxyAuthRequired || proxy.User == nil || !ntlm && !basic {
		return conn, got.status, offers, nil
	}
	if got.closes {
		again := conn.RemoteAddr()
		_ = conn.Close()
		if conn, err = new(net.Dialer).DialContext(ctx, again.Network(), again.String()); err != nil {
			return nil, 0, offers, fmt.Errorf("reach proxy again: %w", err)
		}
		in = listen(conn)
	}
	defer context.AfterFunc(ctx, ended)()
	password, _ := proxy.User.Password()
	if ntlm {
		got, err = byNTLM(conn, in, address, proxy.User.Username(), password)
	} else {
		pair := base64.StdEncoding.EncodeToString([]byte(proxy.User.Username() + ":" + password))
		got, err = connect(conn, in, address, "Basic "+pair)
	}
	if err != nil {
		return conn, 0, offers, err
	}
	return conn, got.status, offers, nil
}

// byNTLM is the handshake of NTLM with a proxy.
func byNTLM(conn net.Conn, in *answers, address, user, password string) (reply, error) {
	const scheme = "NTLM "
	first, err := ntlmssp.NewNegotiateMessage("", "")
	if err != nil {
		return reply{}, fmt.Errorf("sign in at proxy: %w", err)
	}
	got, err := connect(conn, in, address, scheme+base64.StdEncoding.EncodeToString(first))
	if err != nil || got.status != http.StatusProxyAuthRequired {
		return got, err
	}
	for _, line := range got.auth {
		text, ok := strings.CutPrefix(line, scheme)
		if !ok {
			continue
		}
		challenge, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil {
			return reply{}, errors.New("sign in at proxy: its challenge cannot be read")
		}
		last, err := ntlmssp.NewAuthenticateMessage(challenge, user, password, nil)
		if err != nil {
			return reply{}, fmt.Errorf("sign in at proxy: %w", err)
		}
		return connect(conn, in, address, scheme+base64.StdEncoding.EncodeToString(last))
	}
	return got, nil
}

// connect sends one CONNECT and reads the answer, with its page where it is a refusal.
func connect(conn net.Conn, in *answers, address, authorization string) (reply, error) {
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if authorization != "" {
		req.Header.Set("Proxy-Authorization", authorization)
	}
	if err := req.Write(conn); err != nil {
		return reply{}, fmt.Errorf("ask proxy: %w", err)
	}
	in.most.N = mostAnswer
	resp, err := http.ReadResponse(in.Reader, req)
	if err != nil {
		return reply{}, fmt.Errorf("read proxy's answer: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		_, _ = io.Copy(io.Discard, resp.Body) // the next request follows on the same connection
	}
	return reply{status: resp.StatusCode, auth: resp.Header.Values("Proxy-Authenticate"), closes: resp.Close}, nil
}
