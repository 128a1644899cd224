package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
)

// Timing of the progress line: work that is done sooner shows none.
const (
	progressAfter = 2 * time.Second
	progressEvery = 200 * time.Millisecond
)

// showProgress draws what an agent is doing on a terminal until stop is
// called, which leaves the line empty. Elsewhere it draws nothing.
func (a *app) showProgress(ctx context.Context, agent localapi.Agent, what string) (stop func()) {
	if !terminal(a.err) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		drawProgress(ctx, a.err, agent, what)
	}()
	return func() {
		cancel()
		<-done
	}
}

func drawProgress(ctx context.Context, w io.Writer, agent localapi.Agent, what string) {
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
		line := fmt.Sprintf("%s … %d s", what, int(time.Since(began).Seconds()))
		if s, err := agent.Status(ctx, 0); err == nil {
			line += bar(s)
		}
		say(w, "\r%-*s", drawn, line)
		drawn = len([]rune(line))
		wait.Reset(progressEvery)
	}
}

// bar is how far the writes of everybody who is at work have come; empty
// before the first plan is made.
func bar(s office.Status) string {
	const width = 30
	done, total := 0, 0
	for _, p := range s.People {
		done, total = done+p.Done, total+p.Total
	}
	if total == 0 {
		return ""
	}
	full := width * done / total
	return fmt.Sprintf("  [%s%s] %d/%d", strings.Repeat("#", full), strings.Repeat("-", width-full), done, total)
}
