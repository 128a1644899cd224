package wire

import (
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/natefinch/lumberjack"
)

// The log is there to find out what went wrong last week, not to grow for ever.
const (
	logMegabytes = 5
	logFiles     = 5
)

// logFile is the office's log: lines of JSON in a file that is begun anew when
// it is full. What is logged names entries by id, never by their text.
type logFile struct {
	*lumberjack.Logger
	private sync.Once
}

// openLog makes nothing before the first line is written.
func openLog(dir string) *logFile {
	return &logFile{Logger: &lumberjack.Logger{
		Filename: filepath.Join(dir, "lockstep.log"), MaxSize: logMegabytes, MaxBackups: logFiles,
	}}
}

// Write adds lines. The library makes files that others may read, and gives
// each new one the mode of the one before: so the first is made here. Where
// that fails the library says so.
func (l *logFile) Write(lines []byte) (int, error) {
	l.private.Do(func() {
		dir := filepath.Dir(l.Filename)
		if os.MkdirAll(dir, 0o700) != nil {
			return
		}
		_ = os.Chmod(dir, 0o700) //nolint:gosec // a folder
		if f, err := os.OpenFile(l.Filename, os.O_CREATE|os.O_APPEND, 0o600); err == nil {
			_ = f.Close()
		}
		old, _ := filepath.Glob(filepath.Join(dir, "lockstep*.log"))
		for _, name := range old {
			_ = os.Chmod(name, 0o600)
		}
	})
	return l.Logger.Write(lines)
}

func (l *logFile) logger(debug bool) *slog.Logger {
	level := slog.LevelInfo
	if debug {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: level}))
}
