package wire

import (
	"log/slog"
	"path/filepath"

	"github.com/natefinch/lumberjack"
)

// The log is there to find out what went wrong last week, not to grow for ever.
const (
	logMegabytes = 5
	logFiles     = 5
)

// logFile is the office's log: lines of JSON in a file that is begun anew when
// it is full. What is logged names entries by id, never by their text.
type logFile struct{ *lumberjack.Logger }

// openLog makes nothing before the first line is written.
func openLog(dir string) *logFile {
	return &logFile{&lumberjack.Logger{
		Filename: filepath.Join(dir, "lockstep.log"), MaxSize: logMegabytes, MaxBackups: logFiles,
	}}
}

func (l *logFile) logger(debug bool) *slog.Logger {
	level := slog.LevelInfo
	if debug {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: level}))
}
