package network

import (
	"io"
	"net"
	"net/url"
	"strings"
	"testing"
)

// A proxy that answers without end is given up on, whatever it goes on with.
func TestDial_BoundsWhatAProxyAnswers(t *testing.T) {
	const hostile = 1 << 30
	for name, text := range map[string]string{
		"headers":          "X-More: " + strings.Repeat("x", 1000) + "\r\n",
		"one long header":  "x",
		"a page of itself": "\r\n" + strings.Repeat("x", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it ends with the test
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			sent := make(chan int, 1)
			go func() {
				n := 0
				defer func() { sent <- n }()
				conn, err := l.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				_, _ = io.WriteString(conn, "HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nX-First: ")
				chunk := []byte(strings.Repeat(text, 1+(64<<10)/len(text)))
				for n < hostile {
					k, err := conn.Write(chunk)
					if n += k; err != nil {
						return
					}
				}
			}()
			proxy := url.URL{Scheme: "http", Host: l.Addr().String()}
			conn, err := Settings{Proxy: proxy.String(), User: "anna", Password: "x"}.Dial()(t.Context(), "tcp", "mail.office.test:443")
			if err == nil {
				_ = conn.Close()
				t.Fatal("it was taken for an answer")
			}
			if n := <-sent; n >= hostile/16 {
				t.Errorf("%d MiB of it were read", n>>20)
			}
		})
	}
}
