# The service for distributed mode. Embedded mode's engines, chdb and lmdb (550 MB), are optional dependencies and left out.

FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
# With optional dependencies, in this stage only: the compiler's own binary is one, and the embedded adapters' types are others.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=optional --omit=dev && npm cache clean --force
COPY --from=build /build/dist ./dist
USER node
# Node as process 1 gets SIGTERM itself, which the service handles.
ENTRYPOINT ["node", "dist/service/cli/bin.cjs"]
