package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
)

// Timing of the progress bar: work that is done sooner shows none.
const (
	progressAfter = 2 * time.Second
	progressEvery = 200 * time.Millisecond
)

// showProgress draws what an agent is doing on a terminal until stop is
// called, which leaves the line empty. Elsewhere it draws nothing, nor for a
// program that reads JSON.
func (a *app) showProgress(ctx context.Context, agent localapi.Agent, what string, json bool) (stop func()) {
	if json || !terminal(a.err) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		drawProgress(ctx, a.err, func() int { return columns(a.err) }, agent, what)
	}()
	return func() {
		cancel()
		<-done
	}
}

// columns is how wide a terminal is; 80, as most are at first, where it does
// not tell.
func columns(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return n
		}
	}
	return 80
}

func drawProgress(ctx context.Context, w io.Writer, width func() int, agent localapi.Agent, what string) {
	began := time.Now()
	wait := time.NewTimer(progressAfter)
	defer wait.Stop()
	drawn := 0
	for {
		select {
		case <-ctx.Done():
			if drawn > 0 {
				say(w, "\r%s\r", strings.Repeat(" ", drawn))
			}
			return
		case <-wait.C:
		}
		s, err := agent.Status(ctx, 0)
		if err != nil {
			s = office.Status{}
		}
		// A line that fills the terminal would wrap and could not be drawn over.
		line := progressLine(what, s, time.Since(began), width()-1)
		say(w, "\r%-*s", drawn, line)
		drawn = len(line)
		wait.Reset(progressEvery)
	}
}

// progressLine is a bar of how far the writes of everybody who is at work have
// come. Before the first plan is made nobody knows how much there is to do: a
// block wanders then. All of it is ASCII, one column a byte.
func progressLine(what string, s office.Status, took time.Duration, width int) string {
	done, total := 0, 0
	for _, p := range s.People {
		done, total = done+p.Done, total+p.Total
	}
	tail := fmt.Sprintf("  %d s", int(took.Seconds()))
	if total > 0 {
		tail = fmt.Sprintf("  %d/%d", done, total) + tail
	}
	const least, most = 5, 30
	room := min(width-len(what)-len("  []")-len(tail), most)
	if room < least {
		return cut(what+tail, width)
	}
	full, begin := 0, 0
	if total > 0 {
		full = room * min(done, total) / total
	} else {
		full = room / least
		begin = int(took/progressEvery) % (room - full + 1)
	}
	return fmt.Sprintf("%s  [%s%s%s]%s", what, strings.Repeat("-", begin), strings.Repeat("#", full), strings.Repeat("-", room-full-begin), tail)
}

// cut is as much of an ASCII line as fits.
func cut(line string, width int) string { return line[:max(0, min(len(line), width))] }
