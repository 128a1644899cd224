package diagnostics

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// mostLog bounds the log in a bundle. The newest lines are what it is about, so
// the oldest go first.
const mostLog = 20 << 20

// Log copies the lines of a log that are not older than since, scrubbed. A line
// that is no JSON is left out and counted: nobody knows what is in it. logs are
// read in the order given, the oldest first.
func Log(logs []io.Reader, since time.Time, s *Scrubber) ([]byte, error) {
	var out bytes.Buffer
	odd := 0
	for _, log := range logs {
		lines := bufio.NewReader(log)
		for {
			line, err := lines.ReadBytes('\n')
			if len(bytes.TrimSpace(line)) > 0 {
				kept, ok, bad := logLine(line, since, s)
				if bad {
					odd++
				}
				if ok {
					out.Write(kept)
					out.WriteByte('\n')
				}
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("read log: %w", err)
			}
		}
	}
	text := out.Bytes()
	if len(text) > mostLog {
		text = text[len(text)-mostLog:]
		text = text[bytes.IndexByte(text, '\n')+1:]
	}
	if odd > 0 {
		text = append(fmt.Appendf(nil, "{\"msg\":\"lines left out that are no log lines\",\"count\":%d}\n", odd), text...)
	}
	return text, nil
}

func logLine(line []byte, since time.Time, s *Scrubber) (kept []byte, ok, odd bool) {
	var head struct {
		Time time.Time `json:"time"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return nil, false, true
	}
	if head.Time.Before(since) {
		return nil, false, false
	}
	clean, err := s.object(line)
	if err != nil {
		return nil, false, true
	}
	if kept, err = json.Marshal(clean); err != nil {
		return nil, false, true
	}
	return kept, true, false
}
