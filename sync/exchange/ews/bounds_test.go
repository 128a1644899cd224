package ews_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"lockstep/sync/exchange/ews"
)

const (
	hostile = 1 << 30 // what a server would send
	// maxMemory is what it may cost us: the 16 MiB that are read at most, and
	// what growing to them leaves until it is collected, at times 60 MiB in all.
	maxMemory = 128 << 20
)

// peak is by how much the heap grows at most while do runs.
func peak(do func()) uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	base, most := m.HeapAlloc, m.HeapAlloc
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}
	}()
	do()
	close(stop)
	<-done
	return most - base
}

// flood writes a text over and over until so much is sent or nobody listens.
func flood(w io.Writer, text string, total int) {
	chunk := []byte(strings.Repeat(text, 1+(64<<10)/len(text)))
	for sent := 0; sent < total; sent += len(chunk) {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func TestCall_HostileAnswersCostLittle(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector multiplies memory")
	}
	for _, c := range []struct {
		name  string
		bound bool // the answer is cut off, and not only refused
		send  func(w http.ResponseWriter)
	}{
		{"1 GiB of one text", true, func(w http.ResponseWriter) { flood(w, "x", hostile) }},
		{"1 GiB of small elements", true, func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, "<a>")
			flood(w, "<b/>", hostile)
		}},
		{"1 GiB out of 1 MiB", true, func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			flood(z, "<b/>", hostile)
			_ = z.Close()
		}},
		{"as many elements as fit", false, func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, "<a>")
			flood(w, "<b/>", 15<<20)
			_, _ = io.WriteString(w, "</a>")
		}},
		{"as many attributes as fit", false, func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, "<a ")
			flood(w, "b='' ", 15<<20)
			_, _ = io.WriteString(w, "/>")
		}},
		{"elements as deep as fit", false, func(w http.ResponseWriter) { flood(w, "<b>", 15<<20) }},
		{"entities that grow", false, func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, `<!DOCTYPE a [<!ENTITY x "xxxxxxxxxxxxxxxx">`)
			for n := byte('y'); n <= 'z'; n++ {
				_, _ = io.WriteString(w, `<!ENTITY `+string(n)+` "`+strings.Repeat("&"+string(n-1)+";", 1000)+`">`)
			}
			_, _ = io.WriteString(w, `]><a>&z;</a>`)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScript(t, scriptOptions{}, func(w http.ResponseWriter, _ *http.Request, _ int, _ string) {
				w.Header().Set("Content-Type", "text/xml; charset=utf-8")
				c.send(w)
			})
			var err error
			cost := peak(func() { err = getFolder(t, newClient(t, s.options()).Mailbox("anna@example.com")) })
			if err == nil {
				t.Fatal("it was taken for an answer")
			}
			wantClass(t, err, ews.ClassProtocol)
			if cost > maxMemory {
				t.Errorf("it cost %d MiB, more than %d", cost>>20, maxMemory>>20)
			}
			t.Logf("cost %d MiB", cost>>20)
		})
	}
}
