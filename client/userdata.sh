#!/bin/bash
echo "${proxy_host}:${proxy_port}"
