package exchange_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"lockstep/sync/exchange"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/exchange/ewssim"
)

// replay serves recorded answers in their order, over and over.
type replay struct {
	*httptest.Server
	answers []ewssim.Exchange
	next    atomic.Int64
}

func record(t testing.TB, items int) *replay {
	t.Helper()
	p := &replay{}
	r := newRig(t, rigOptions{sim: ewssim.Options{Record: func(x ewssim.Exchange) { p.answers = append(p.answers, x) }}})
	r.fill(t, items)
	if got := len(pull(t, r.anna(), "").items); got != items {
		t.Fatalf("%d items, want %d", got, items)
	}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		_, _ = io.Copy(io.Discard, q.Body)
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		n := p.next.Add(1) - 1
		_, _ = w.Write(p.answers[n%int64(len(p.answers))].Response)
	}))
	t.Cleanup(p.Close)
	return p
}

// raw sends the recorded requests and throws the answers away.
func (p *replay) raw(t testing.TB) {
	t.Helper()
	for _, x := range p.answers {
		q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.URL, bytes.NewReader(x.Request))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := p.Client().Do(q)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, resp.Body)
		if _ = resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// BenchmarkPull is what a pull costs on our side of the wire, against the bare
// exchange of the same bytes over HTTP in the same run.
func BenchmarkPull(b *testing.B) {
	const items = 1024
	p := record(b, items)
	c, err := ews.New(ews.Options{
		URL: p.URL + "/EWS/Exchange.asmx", Auth: ews.AuthBearer, Token: func(context.Context) (string, error) { return "t", nil }, Now: time.Now,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	ep := exchange.New(c, exchange.Options{}).Endpoint(anna, "Europe/Helsinki")
	floor := time.Hour
	for range 10 {
		begin := time.Now()
		p.raw(b)
		floor = min(floor, time.Since(begin))
	}
	b.ResetTimer()
	for b.Loop() {
		if got := len(pull(b, ep, "").items); got != items {
			b.Fatalf("%d items, want %d", got, items)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(floor), "x-raw-http")
	b.ReportMetric(items, "entries")
}
