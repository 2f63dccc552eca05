package server

import (
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"muster/internal/blob"
	"muster/internal/config"
)

// driverS3 is the value of FileSettings.DriverName that keeps files in a bucket.
const driverS3 = "amazons3"

// openFiles opens where files are kept: a folder, or a bucket of S3.
func (s *Server) openFiles(cfg *config.Config, now time.Time) (err error) {
	f := cfg.FileSettings
	if f.DriverName == driverS3 {
		s.files, err = blob.NewS3(blob.S3Options{
			Endpoint: f.AmazonS3Endpoint, Region: f.AmazonS3Region, Bucket: f.AmazonS3Bucket,
			Prefix: f.AmazonS3PathPrefix, AccessKeyID: f.AmazonS3AccessKeyId, SecretAccessKey: f.AmazonS3SecretAccessKey.Reveal(),
			TLS: f.AmazonS3SSL, Transport: s3Transport(),
		})
		return err
	}
	dir := f.Directory
	if dir == "" {
		dir = filepath.Join(cfg.MusterSettings.DataDirectory, "files")
	}
	folder, err := blob.OpenFolder(dir, now)
	if err != nil {
		return fmt.Errorf("open the folder of files: %w", err)
	}
	s.files, s.closeFiles = folder, folder.Close
	return nil
}

// s3Transport reaches S3 with bounded waiting. The address comes from the configuration
// file, so it may be a private one.
func s3Transport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = 30 * time.Second
	t.TLSHandshakeTimeout = 10 * time.Second
	t.MaxIdleConnsPerHost = 16
	return t
}
